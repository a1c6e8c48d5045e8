SELECT /*columns*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND trace_id IN ({ids:Array(String)})
  AND type = 'TRACE'
  /*window*/
