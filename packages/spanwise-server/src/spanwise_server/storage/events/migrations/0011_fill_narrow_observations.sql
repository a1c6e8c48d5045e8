-- Rows from before the copy existed; reads nothing once there are any.
INSERT INTO narrow_observations
(
    project_id, trace_id, id, parent_id, is_root, type, name, start_time, end_time, completion_start_time, level,
    environment, version, release, user_id, session_id, tags, model, usage, cost, total_cost, prompt_name, prompt_version,
    tool_names, called_tool_names, experiment, trace_name, source, sdk_name, sdk_version, public_key, row_version, is_deleted
)
SELECT
    project_id, trace_id, id, parent_id, is_root, type, name, start_time, end_time, completion_start_time, level,
    environment, version, release, user_id, session_id, tags, model, usage, cost, total_cost, prompt_name, prompt_version,
    tool_names, called_tool_names, experiment, trace_name, source, sdk_name, sdk_version, public_key, row_version, is_deleted
FROM observations
WHERE (SELECT count() FROM narrow_observations) = 0
