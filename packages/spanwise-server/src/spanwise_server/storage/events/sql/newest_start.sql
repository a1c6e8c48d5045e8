SELECT toUnixTimestamp64Micro(start_time)
FROM observations
WHERE project_id = {project_id:String}
  /*window*/
ORDER BY project_id DESC, toStartOfMinute(start_time) DESC
LIMIT 1
