-- A session: the traces whose session it is. A trace belongs to the latest session it was given.
SELECT
    session_id AS id,
    min(first_seen) AS created_at,
    argMin(environment, first_seen) AS environment,
    count() AS trace_count
FROM
(
    SELECT
        argMaxIf(session_id, (type = 'TRACE', start_time), session_id != '') AS session_id,
        argMax(environment, (type = 'TRACE', is_root, -toUnixTimestamp64Micro(start_time))) AS environment,
        min(created_at) AS first_seen
    FROM observations FINAL
    WHERE project_id = {project_id:String}
      AND trace_id IN (SELECT trace_id FROM observations WHERE project_id = {project_id:String} AND session_id != '')
    GROUP BY trace_id
)
WHERE session_id != ''
GROUP BY session_id
