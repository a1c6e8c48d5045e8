SELECT id, toUnixTimestamp64Micro(timestamp), toUnixTimestamp64Micro(first_start), toUnixTimestamp64Micro(last_start)
FROM (/*aggregate*/)
WHERE (/*filters*/)
ORDER BY /*order*/
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
