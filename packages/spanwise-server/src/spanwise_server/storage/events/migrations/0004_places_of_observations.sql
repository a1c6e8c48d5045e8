CREATE MATERIALIZED VIEW IF NOT EXISTS places_of_observations /*on_cluster*/ TO places AS
SELECT project_id, place.1 AS kind, place.2 AS hash, start_time AS first, start_time AS last
FROM observations
ARRAY JOIN [('observation', cityHash64(id)), ('trace', cityHash64(trace_id))] AS place
