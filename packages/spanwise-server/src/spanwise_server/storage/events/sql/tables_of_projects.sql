SELECT table, max(if(name = 'project_id', '', name)) AS time_column
FROM system.columns
WHERE database = currentDatabase()
    AND name IN ('project_id', 'start_time', 'timestamp')
    AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')
GROUP BY table
HAVING has(groupArray(name), 'project_id')
ORDER BY table
