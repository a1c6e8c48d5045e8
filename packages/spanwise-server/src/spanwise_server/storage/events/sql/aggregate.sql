-- Aggregates of one view. The rows come with fields named f_<field>, the time as f_time; filters apply to whole, de-duplicated rows.
SELECT /*columns*/
FROM
(
    SELECT * /*exploded*/
    FROM (/*rows*/)
    WHERE (/*filters*/)
)
/*groups*/
ORDER BY /*order*/
LIMIT {limit:UInt32}
SETTINGS
    -- Times after 2106 keep their bucket.
    enable_extended_results_for_datetime_functions = 1,
    max_rows_to_read = /*most_rows*/
