"""A whole audience in one pass over columns: the decision state, kept beside the database, and one Ibis expression.

`words` says how a person is written in columns, `reading` gets people out of the database, `files` keeps them on disk,
`keeping` keeps them current, `expression` is the decision, `engine` runs it on DuckDB or on Apache Spark.
"""
