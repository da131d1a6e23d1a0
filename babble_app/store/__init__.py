"""What is kept: tables, the queries of each noun, the unit of work, the event writer and the files' contents."""
