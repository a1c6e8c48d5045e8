SELECT /*columns*/
FROM (/*aggregate*/)
