-- How far back the newest thousand rows reach: a page is almost always among them, however dense the project is.
SELECT toUnixTimestamp64Micro(max(start_time)), toUnixTimestamp64Micro(min(start_time)), count()
FROM
(
    SELECT start_time
    FROM observations
    WHERE project_id = {project_id:String}
      /*window*/
    ORDER BY project_id DESC, toStartOfMinute(start_time) DESC
    LIMIT 1000
)
