SELECT /*columns*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND id IN ({ids:Array(String)})
  AND type != 'TRACE'
  /*window*/
