extension ManualPage {
  static let installation = ManualPage(
    topic: "installation", title: "Packages, libpq, man page, completions and containers",
    text: #"""
      Packages, for x86_64 Linux:

        timescaledb-backfill-VERSION-x86_64-linux.tar.gz
            Runs where it is unpacked, on every Linux with glibc 2.28 or later
            (Debian 11, Ubuntu 20.04, Amazon Linux 2023, RHEL 8), and needs nothing
            else. The libraries that it needs, libpq first, are in lib, built from
            their makers' sources, as share/doc tells.
        timescaledb-backfill_VERSION_amd64.deb
            For Debian 11 or later and Ubuntu 20.04 or later. It uses the
            distribution's libraries, such as libpq5.
        timescaledb-backfill-VERSION-x86_64-linux.debug.gz
            Symbols for debuggers; see crashes.

      scripts/package makes all of them, in .build/packages. The same commit gives the
      same bytes with the same compiler. SHA256SUMS has their checksums.

      The tarball's libpq differs from a distribution's in some ways:

      - It has neither GSSAPI (Kerberos) nor LDAP.
      - It reads no openssl.cnf of the machine, but one in
        /etc/timescaledb-backfill/ssl if there is one.
      - sslrootcert=system trusts the machine's certificate authorities, as Debian,
        Ubuntu, Amazon Linux, RHEL, Fedora, SUSE and Alpine install them, or those
        that SSL_CERT_FILE or SSL_CERT_DIR names.
      - It is not updated with the system: install a new package when PostgreSQL or
        OpenSSL publishes a security fix.

      timescaledb-backfill --version --verbose tells which libpq is used, and where it
      was loaded from. schema also needs PostgreSQL's client programs, which are in no
      package.

      Completions and man page:

      The packages install them. After a build from source, or for a tarball in a
      place that shells do not look into:

          timescaledb-backfill help --man \
            >~/.local/share/man/man1/timescaledb-backfill.1
          timescaledb-backfill help --completions bash \
            >~/.local/share/bash-completion/completions/timescaledb-backfill
          timescaledb-backfill help --completions zsh \
            >~/.zfunc/_timescaledb-backfill   # a directory in fpath
          timescaledb-backfill help --completions fish \
            >~/.config/fish/completions/timescaledb-backfill.fish

      bash only: source <(timescaledb-backfill help --completions bash) does it for
      one session.

      Containers:

      Beside the tarball, this makes an image:

          tar xzf timescaledb-backfill-*-x86_64-linux.tar.gz
          printf '%s\n' 'FROM debian:stable-slim' \
            'COPY timescaledb-backfill-*-x86_64-linux /usr/local' \
            'ENTRYPOINT ["timescaledb-backfill"]' >Dockerfile
          docker build -t backfill .

      The program may be process 1: it handles signals as always, so that docker stop
      finishes the chunks in progress. Give it the time for that (docker stop -t 600);
      what is killed is rolled back, and the next copy does it again.
      """#)
}
