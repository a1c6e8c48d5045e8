-- A session exists from the first moment that anything names it.
SELECT
    session_id AS id,
    min(created_at) AS created_at,
    argMin(environment, created_at) AS environment,
    uniqExact(trace_id) AS trace_count
FROM observations FINAL
WHERE project_id = {project_id:String}
  AND session_id != ''
GROUP BY session_id
