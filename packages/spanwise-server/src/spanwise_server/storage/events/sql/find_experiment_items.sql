-- The spans that stand for the items of experiments.
SELECT /*columns*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND experiment_id != ''
  AND is_experiment_item
  AND toStartOfMinute(start_time) IN (SELECT minute FROM experiment_minutes WHERE project_id = {project_id:String} /*selection*/)
  /*window*/
  /*conditions*/
  AND (/*filters*/)
ORDER BY start_time DESC, trace_id DESC, id DESC
LIMIT {limit:UInt32}
