-- The heavy columns of a page whose keys are known; the times bound which parts are touched.
SELECT /*columns*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND start_time >= fromUnixTimestamp64Micro({first:Int64}, 'UTC')
  AND start_time <= fromUnixTimestamp64Micro({last:Int64}, 'UTC')
  AND trace_id IN ({trace_ids:Array(String)})
  AND id IN ({ids:Array(String)})
