-- Counts and means of the scores of some traces (and what is in them) and runs.
SELECT name, data_type, if(data_type IN ('NUMERIC', 'TEXT'), '', string_value) AS word, count(), ifNull(avg(value), 0)
FROM scores FINAL
WHERE project_id = {project_id:String}
  AND (/*subject*/)
  AND data_type != 'CORRECTION'
GROUP BY name, data_type, word
ORDER BY name, data_type, word
