SELECT /*columns*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND trace_id = {trace_id:String}
  AND type != 'TRACE'
  /*window*/
ORDER BY start_time, id
