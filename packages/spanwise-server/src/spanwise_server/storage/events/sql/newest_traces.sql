-- Ids and times of the newest traces when nothing but time restricts them: two columns instead of thirty.
SELECT
    trace_id,
    toUnixTimestamp64Micro(if(countIf(type = 'TRACE') > 0, minIf(start_time, type = 'TRACE'), min(start_time))) AS time
FROM observations FINAL
WHERE project_id = {project_id:String}
  /*window*/
GROUP BY trace_id
HAVING /*having*/
ORDER BY time DESC, trace_id DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
