-- One row an experiment, summed up over its rows in the window. Run-level facts stand on every span of the run.
SELECT
    experiment_id,
    argMaxIf(experiment['name'], start_time, experiment['name'] != ''),
    argMaxIf(experiment['description'], start_time, experiment['description'] != ''),
    argMaxIf(
        mapFilter((key, value) -> key = 'metadata' OR startsWith(key, 'metadata.'), experiment),
        start_time,
        mapExists((key, value) -> key = 'metadata' OR startsWith(key, 'metadata.'), experiment)
    ),
    argMaxIf(experiment['dataset.id'], start_time, experiment['dataset.id'] != ''),
    toUnixTimestamp64Micro(min(start_time)),
    toUnixTimestamp64Micro(max(ifNull(end_time, start_time))),
    uniqExactIf(experiment['item.id'], is_experiment_item),
    intDiv(max(row_version), 1000)
    /*extra*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND experiment_id != ''
  AND toStartOfMinute(start_time) IN (SELECT minute FROM experiment_minutes WHERE project_id = {project_id:String} /*selection*/)
  /*window*/
  /*conditions*/
GROUP BY experiment_id
ORDER BY max(start_time) DESC
LIMIT {limit:UInt32}
