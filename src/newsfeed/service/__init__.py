"""The service: jobs, threads and pages in one process, one of which leads."""
