SELECT /*columns*/
FROM scores FINAL
/*joins*/
WHERE project_id = {project_id:String}
  AND data_type IN (/*data_types*/)
  /*window*/
