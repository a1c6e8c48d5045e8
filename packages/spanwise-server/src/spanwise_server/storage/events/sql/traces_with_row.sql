SELECT trace_id
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND (/*filters*/)
