SELECT count()
FROM scores FINAL
WHERE project_id = {project_id:String}
  /*window*/
  AND (/*filters*/)
