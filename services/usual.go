package services

import "slices"

// usual is a service that people rely on to be on certain ports.
type usual struct {
	service  string
	tcp, udp []uint16
	programs string   // that serve it and are known for it, the most usual first
	also     string   // programs that hold its ports as well, and are known for other things or for none
	home     []uint16 // further ports that those in programs use, of TCP or UDP: nobody relies on them
	open     bool     // any program may serve it: only one that is known for something else is odd
}

// anywhere are programs that hold ports for others: socket activation,
// forwarding for containers, virtual machines and by ssh, and proxies.
const anywhere = `systemd launchd init inetd xinetd inetutils-inetd rlinetd tcpserver s6-tcpserver
docker-proxy com.docker.backend vpnkit rootlessport rootlesskit slirp4netns pasta pasta.avx2 passt passt.avx2
conmon gvproxy limactl colima OrbStack VBoxHeadless VBoxNetNAT VirtualBoxVM vmware-vmx vmnet-natd
qemu-system-x86_64 qemu-system-aarch64 qemu-system-arm wslrelay lxd incusd
kubectl kube-proxy ssh autossh sshd sshd-session haproxy envoy traefik nginx openresty caddy stunnel sslh
tailscaled cloudflared`

// tools open ports for whatever they are told to: no port is usual for them.
const tools = `nc ncat netcat nc.openbsd nc.traditional socat`

const (
	resolvers  = `named unbound dnsmasq systemd-resolved coredns knotd kresd pdns_server pdns_recursor pihole-FTL AdGuardHome`
	webServers = `nginx apache2 httpd caddy lighttpd traefik haproxy envoy openresty`
	// webAlso are those of the other services' programs that serve pages or an
	// API too: resolvers (RFC 8484 and their own pages), MQTT over WebSocket.
	webAlso = resolvers + ` mosquitto kea-dhcp4 kube-apiserver k3s dockerd elasticsearch opensearch Xvnc syslog-ng`
)

// usualServices gives the table. Ports are those of the IANA registry and of the
// programs' own documentation; programs go by their executables' names.
func usualServices() []usual {
	return slices.Concat(usualOfSystems(), usualOfFiles(), usualOfMail(), usualOfStores(), usualOfClusters(), usualOfWeb())
}

// usualOfSystems are what computers do for their network and for those who use them.
func usualOfSystems() []usual {
	return []usual{
		{service: "ssh", tcp: ports(22), home: portRange(6000, 6063),
			programs: "sshd dropbear tinysshd sshd-session",
			also:     "gitea forgejo gitlab-sshd sftpgo teleport tailscaled"},
		{service: "telnet", tcp: ports(23),
			programs: "telnetd in.telnetd",
			also:     "utelnetd busybox"},
		{service: "domain", tcp: ports(53), udp: ports(53), home: ports(853, 953, 5335, 5355, 8953),
			programs: resolvers,
			also:     "nsd dnsdist dnscrypt-proxy stubby connmand NetworkManager systemd-networkd mDNSResponder dnsproxy blocky gdnsd tinydns dnscache maradns smartdns ctrld samba lxd incusd dhcpd technitium dotnet busybox"},
		{service: "dhcp", udp: ports(67), home: ports(547),
			programs: "dhcpd kea-dhcp4 dnsmasq udhcpd bootpd",
			also:     "dhcrelay systemd-networkd pihole-FTL AdGuardHome connmand NetworkManager InternetSharing vmnet-dhcpd dhclient technitium dotnet busybox"},
		{service: "dhcp-client", udp: ports(68), home: ports(546),
			programs: "dhclient dhcpcd udhcpc",
			also:     "systemd-networkd NetworkManager connmand iwd wickedd-dhcp4 configd ipconfigd dnsmasq dhcpd busybox"},
		{service: "kerberos", tcp: ports(88), udp: ports(88), home: ports(464, 749),
			programs: "krb5kdc kdc samba"},
		{service: "sunrpc", tcp: ports(111), udp: ports(111),
			programs: "rpcbind portmap"},
		{service: "ntp", udp: ports(123), home: ports(323, 4460),
			programs: "chronyd ntpd systemd-timesyncd",
			also:     "ntp-daemon timed sntp ptp4l busybox"},
		{service: "snmp", udp: ports(161), home: ports(162, 199, 705),
			programs: "snmpd mini_snmpd",
			also:     "java"},
		{service: "ldap", tcp: ports(389, 636),
			programs: "slapd ns-slapd samba",
			also:     "lldap glauth kanidmd java"},
		{service: "syslog", udp: ports(514), home: ports(514, 601, 6514),
			programs: "rsyslogd syslog-ng syslogd",
			also:     "vector fluentd fluent-bit promtail alloy graylog logstash java ruby busybox"},
		{service: "rdp", tcp: ports(3389), home: ports(3350, 3390),
			programs: "xrdp gnome-remote-desktop-daemon krdpserver",
			also:     "weston grd freerdp-shadow-cli VBoxHeadless"},
		{service: "mdns", udp: ports(5353), open: true,
			programs: "avahi-daemon mDNSResponder mdnsd",
			also:     resolvers},
		{service: "vnc", tcp: ports(5900), home: portRange(5800, 5910),
			programs: "Xvnc Xtigervnc x11vnc wayvnc vino-server screensharingd",
			also:     "x0vncserver x0tigervncserver Xtightvnc vncserver vncserver-x11-core krfb gnome-remote-desktop-daemon ARDAgent AppleVNCServer qemu-kvm kvm"},
	}
}

// usualOfFiles share files and printers.
func usualOfFiles() []usual {
	return []usual{
		{service: "ftp", tcp: ports(21),
			programs: "vsftpd proftpd pure-ftpd ftpd",
			also:     "bftpd sftpgo busybox filezilla-server ftp-proxy"},
		{service: "smb", tcp: ports(445), home: ports(135, 464, 3268, 3269),
			programs: "smbd samba",
			also:     "ksmbd.mountd"},
		{service: "netbios", tcp: ports(139), udp: ports(137, 138),
			programs: "nmbd smbd netbiosd",
			also:     "samba"},
		{service: "tftp", udp: ports(69),
			programs: "in.tftpd tftpd atftpd dnsmasq",
			also:     "busybox pihole-FTL"},
		{service: "ipp", tcp: ports(631), udp: ports(631),
			programs: "cupsd cups-browsed",
			also:     "ipp-usb ippeveprinter lprint"},
		{service: "rsync", tcp: ports(873),
			programs: "rsync",
			also:     "openrsync"},
		{service: "nfs", tcp: ports(2049), udp: ports(2049),
			programs: "nfsd ganesha.nfsd",
			also:     "rpc.nfsd unfsd"},
	}
}

// usualOfMail are servers of mail.
func usualOfMail() []usual {
	return []usual{
		{service: "smtp", tcp: ports(25, 465, 587), home: ports(10025, 10026),
			programs: "exim4 sendmail smtpd exim",
			also:     "master smtp postscreen sendmail-mta couriertcpd esmtpd citserver maddy stalwart mailpit MailHog java"},
		{service: "imap", tcp: ports(143, 993), home: ports(24, 4190),
			programs: "dovecot imapd cyrmaster",
			also:     "master imap-login imap couriertcpd citserver maddy stalwart java davmail"},
		{service: "pop3", tcp: ports(110, 995),
			programs: "dovecot pop3d cyrmaster",
			also:     "master pop3-login pop3 couriertcpd citserver maddy stalwart java davmail"},
	}
}

// usualOfStores are databases and caches.
func usualOfStores() []usual {
	return []usual{
		{service: "mssql", tcp: ports(1433), home: ports(1431, 1434),
			programs: "sqlservr"},
		{service: "oracle", tcp: ports(1521),
			programs: "tnslsnr"},
		{service: "mysql", tcp: ports(3306), home: ports(4444, 4567, 4568, 33060, 33062),
			programs: "mysqld mariadbd",
			also:     "mysqlrouter proxysql maxscale tidb-server dolt"},
		{service: "postgresql", tcp: ports(5432),
			programs: "postgres postmaster",
			also:     "pgbouncer pgcat pgpool odyssey cockroach yb-tserver"},
		{service: "redis", tcp: ports(6379), home: ports(16379, 26379),
			programs: "redis-server valkey-server keydb-server redis-check-rdb valkey-check-rdb",
			also:     "dragonfly GarnetServer kvrocks nutcracker"},
		{service: "mongodb", tcp: ports(27017), home: ports(27018, 27019),
			programs: "mongod mongos",
			also:     "ferretdb"},
		{service: "elasticsearch", tcp: ports(9200), home: ports(9300),
			programs: "elasticsearch opensearch",
			also:     "java"},
		{service: "memcached", tcp: ports(11211), udp: ports(11211),
			programs: "memcached",
			also:     "mcrouter nutcracker"},
	}
}

// usualOfClusters are what services are built with: containers, queues, tunnels.
func usualOfClusters() []usual {
	return []usual{
		{service: "docker", tcp: ports(2375, 2376), home: ports(2377, 4789, 7946),
			programs: "dockerd",
			also:     "podman docker docker-socket-proxy"},
		{service: "amqp", tcp: ports(5671, 5672),
			programs: "rabbitmq-server qpidd",
			also:     "beam.smp lavinmq qdrouterd skrouterd java"},
		{service: "mqtt", tcp: ports(1883, 8883), home: ports(9001),
			programs: "mosquitto",
			also:     "beam.smp emqx nanomq node MainThread java"},
		{service: "kubernetes", tcp: ports(6443), home: ports(10250, 10256, 10257, 10259),
			programs: "kube-apiserver k3s",
			also:     "k3s-server k0s rke2 kubelite minikube"},
		{service: "etcd", tcp: ports(2379, 2380), home: ports(2381),
			programs: "etcd",
			also:     "k3s k3s-server k0s rke2 pd-server"},
		{service: "wireguard", udp: ports(51820),
			programs: "wireguard-go boringtun boringtun-cli",
			also:     "wireguard netbird nebula netclient wireproxy com.wireguard.macos.network-extension"},
	}
}

// usualOfWeb are ports for pages.
func usualOfWeb() []usual {
	return []usual{
		{service: "http", tcp: ports(80, 443), udp: ports(443), home: ports(2019, 3000, 8081, 8888, 9000, 9901), open: true,
			programs: webServers,
			also:     webAlso},
		{service: "http", tcp: ports(8000, 8008, 8080, 8443), open: true,
			programs: webServers,
			also:     webAlso + " sshd sshd-session"},
	}
}

func ports(all ...uint16) []uint16 { return all }

func portRange(first, last uint16) (all []uint16) {
	for port := first; port <= last; port++ {
		all = append(all, port)
	}
	return all
}
