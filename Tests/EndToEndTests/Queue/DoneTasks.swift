import TestServers

extension TestDatabase {
  /// Notes in `public.done`, for every commit, that a task was done: its priority.
  ///
  /// - Parameters:
  ///   - mark: the column that tells when it was done.
  ///   - delay: seconds that the first one takes longer.
  func noteDoneTasks(_ mark: String = "worked", delayingFirst delay: Double = 0) throws {
    try execute(
      """
      CREATE TABLE public.done (priority bigint);
      CREATE FUNCTION public.note_done() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM public.done) THEN PERFORM pg_catalog.pg_sleep(\(delay)); END IF;
        INSERT INTO public.done VALUES (NEW.priority);
        RETURN NEW;
      END $$;
      CREATE TRIGGER note_done AFTER UPDATE OF \(mark) ON __backfill.task
        FOR EACH ROW WHEN (NEW.\(mark) IS NOT NULL) EXECUTE FUNCTION public.note_done()
      """)
  }
}
