-- Traces as trace_aggregate.sql has them, by the same rules, from the narrow copy. One number ranks the rows of a trace (its
-- record, then the latest): comparing pairs instead takes twice as long.
WITH toUnixTimestamp64Micro(start_time) + if(type = 'TRACE', 4611686018427387904, 0) AS rank
SELECT
    trace_id AS id,
    countIf(type = 'TRACE') > 0 AS has_record,
    min(start_time) AS first_start,
    if(has_record, minIf(start_time, type = 'TRACE'), first_start) AS timestamp,
    argMaxIf(if(type = 'TRACE', name, trace_name), rank, if(type = 'TRACE', name, trace_name) != '') AS given_name,
    argMinIf(name, start_time, is_root) AS root_name,
    if(given_name != '' OR has_record, given_name, root_name) AS trace_name,
    argMaxIf(user_id, rank, user_id != '') AS user_id,
    argMaxIf(session_id, rank, session_id != '') AS session_id,
    arraySort(groupUniqArrayArray(tags)) AS tags,
    argMaxIf(release, rank, release != '') AS release,
    argMaxIf(version, rank, version != '' AND (type = 'TRACE' OR source != 'ingestion')) AS version,
    argMax(
        environment, multiIf(type = 'TRACE', 4611686018427387904, is_root, 2305843009213693952, 0) - toUnixTimestamp64Micro(start_time)
    ) AS environment,
    argMaxIf(experiment['id'], rank, experiment['id'] != '') AS experiment_id,
    argMaxIf(experiment['name'], rank, experiment['name'] != '') AS experiment_name,
    argMaxIf(experiment['dataset.id'], rank, experiment['dataset.id'] != '') AS experiment_dataset_id,
    countIf(type != 'TRACE') AS observation_count,
    maxIf(ifNull(end_time, start_time), type != 'TRACE') AS last_end,
    if(observation_count = 0, 0, dateDiff('microsecond', minIf(start_time, type != 'TRACE'), last_end)) AS latency_us,
    countIf(level = 'ERROR') AS error_count,
    countIf(level = 'WARNING') AS warning_count,
    countIf(level = 'DEFAULT' AND type != 'TRACE') AS default_count,
    countIf(level = 'DEBUG') AS debug_count,
    sum(toUInt128(/*input*/)) AS input_units,
    sum(toUInt128(/*output*/)) AS output_units,
    sum(toUInt128(total_units)) AS total_units,
    sum(total_cost) AS total_cost
FROM narrow_observations FINAL
WHERE project_id = {project_id:String}
  /*window*/
GROUP BY trace_id
