SELECT /*columns*/
FROM scores FINAL
WHERE project_id = {project_id:String}
  AND id IN ({ids:Array(String)})
