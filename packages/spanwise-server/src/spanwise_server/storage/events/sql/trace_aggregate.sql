-- A trace, computed from its rows. The rules stand in domain/traces.py; a TRACE row is a trace record.
SELECT
    trace_id AS id,
    countIf(type = 'TRACE') > 0 AS has_record,
    min(start_time) AS first_start,
    if(has_record, minIf(start_time, type = 'TRACE'), first_start) AS timestamp,
    argMaxIf(if(type = 'TRACE', name, trace_name), (type = 'TRACE', start_time), if(type = 'TRACE', name, trace_name) != '') AS given_name,
    argMinIf(name, start_time, is_root) AS root_name,
    if(given_name != '' OR has_record, given_name, root_name) AS trace_name,
    argMaxIf(user_id, (type = 'TRACE', start_time), user_id != '') AS user_id,
    argMaxIf(session_id, (type = 'TRACE', start_time), session_id != '') AS session_id,
    arraySort(groupUniqArrayArray(tags)) AS tags,
    argMaxIf(release, (type = 'TRACE', start_time), release != '') AS release,
    argMaxIf(version, (type = 'TRACE', start_time), version != '' AND (type = 'TRACE' OR source != 'ingestion')) AS version,
    argMax(environment, (type = 'TRACE', is_root, -toUnixTimestamp64Micro(start_time))) AS environment,
    max(ifNull(trace_public, false)) AS public,
    countIf(type != 'TRACE') AS observation_count,
    maxIf(ifNull(end_time, start_time), type != 'TRACE') AS last_end,
    if(observation_count = 0, 0, dateDiff('microsecond', minIf(start_time, type != 'TRACE'), last_end)) AS latency_us,
    countIf(level = 'ERROR') AS error_count,
    countIf(level = 'WARNING') AS warning_count,
    countIf(level = 'DEFAULT' AND type != 'TRACE') AS default_count,
    countIf(level = 'DEBUG') AS debug_count,
    sum(total_cost) AS total_cost,
    min(created_at) AS created_at,
    max(row_version) AS row_version
    /*extra*/
FROM observations FINAL
WHERE project_id = {project_id:String}
  /*window*/
GROUP BY trace_id
