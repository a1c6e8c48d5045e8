SELECT trace_id
FROM observations
WHERE project_id = {project_id:String}
  /*window*/
  AND /*condition*/
