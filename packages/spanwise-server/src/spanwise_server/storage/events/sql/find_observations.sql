SELECT /*columns*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND type != 'TRACE'
  /*window*/
  AND (/*filters*/)
ORDER BY /*order*/
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
