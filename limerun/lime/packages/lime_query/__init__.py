"""Queries: rows as plain data, without Lime objects."""

from lime_query.query import execute_query
from lime_query.query_builder import QueryBuilder

__all__ = ["QueryBuilder", "execute_query"]
