SELECT toUnixTimestamp64Micro(min(first)), toUnixTimestamp64Micro(max(last))
FROM places
WHERE project_id = {project_id:String}
  AND kind = /*kind*/
  AND hash IN (SELECT cityHash64(arrayJoin({ids:Array(String)})))
GROUP BY hash
