extension ManualPage {
  static let connections = ManualPage(
    topic: "connections", title: "Connection strings, passwords and TLS",
    text: #"""
      --source and --target take any libpq connection string, as a URI or as keywords
      and values. The environment variables BACKFILL_SOURCE and BACKFILL_TARGET can be
      used instead. A command line is visible to every user of the machine, so keep
      passwords out of it. There are three ways.

      The whole string in the environment:

          export BACKFILL_SOURCE='postgresql://app:secret@old.example.com/metrics'

      The password in a password file (~/.pgpass, or the file that PGPASSFILE names,
      mode 0600), whose lines have the form host:port:database:user:password:

          export BACKFILL_TARGET='host=new.example.com dbname=metrics user=app'

      A service file (~/.pg_service.conf, or the file that PGSERVICEFILE names):

          export BACKFILL_TARGET='service=new-metrics'

      In a URI, write the characters @ : / ? # % of a password as %40 %3A %2F %3F %23
      %25.

      The program shows no password in any output, and stores none in the queue. At
      start it erases connection strings from its own command line. This shortens the
      time in which others can read them, but does not prevent it.

      TLS:

      By default libpq accepts any server certificate. Across a network that you do
      not trust, add sslmode=verify-full and the certificate authority's certificate,
      as in

          export BACKFILL_TARGET='host=new.example.com dbname=metrics user=app
            sslmode=verify-full sslrootcert=/etc/ssl/company-ca.crt'

      sslrootcert=system trusts the authorities that the machine trusts; it requires
      libpq 16 or later. Without sslrootcert, libpq looks for ~/.postgresql/root.crt.
      The same parameters work for psql, pg_dump and pg_dumpall.

      Sessions:

      copy uses one connection to each side for each worker, and one more to the
      target. The sessions' application_name begins with "timescaledb-backfill". After
      a failover the program continues with the server that now answers to the name;
      see resuming.

      The program sends nothing to anyone but the two databases. --disable-telemetry
      is accepted and has no effect.
      """#)
}
