SELECT /*columns*/
FROM /*table*/ FINAL
/*joins*/
WHERE project_id = {project_id:String}
  AND type != 'TRACE'
  /*window*/
