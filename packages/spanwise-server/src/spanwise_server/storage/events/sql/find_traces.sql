SELECT id, toUnixTimestamp64Micro(timestamp)
FROM (/*aggregate*/)
WHERE (/*filters*/)
ORDER BY /*order*/
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
