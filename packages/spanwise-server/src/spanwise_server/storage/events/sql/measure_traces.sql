SELECT
    trace_id,
    toUnixTimestamp64Micro(min(start_time)),
    toUnixTimestamp64Micro(max(ifNull(end_time, start_time))),
    ifNull(sum(total_cost), 0),
    countIf(level = 'ERROR')
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND type != 'TRACE'
  AND trace_id IN ({trace_ids:Array(String)})
  /*window*/
GROUP BY trace_id
