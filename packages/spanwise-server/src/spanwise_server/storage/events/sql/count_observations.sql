SELECT count()
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND type != 'TRACE'
  /*window*/
  AND (/*filters*/)
