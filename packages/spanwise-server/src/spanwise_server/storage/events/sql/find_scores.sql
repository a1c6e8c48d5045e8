SELECT /*columns*/
FROM scores FINAL
WHERE project_id = {project_id:String}
  /*window*/
  AND (/*filters*/)
ORDER BY timestamp DESC, id DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
