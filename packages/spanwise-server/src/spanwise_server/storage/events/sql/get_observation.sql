-- Ids are unique in a project by custom, not by force: the newest wins.
SELECT /*columns*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND id = {id:String}
  AND type != 'TRACE'
  /*window*/
ORDER BY start_time DESC
LIMIT 1
