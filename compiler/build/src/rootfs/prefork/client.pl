#!/usr/bin/perl
# Stands in for a Perl program while steps run: a process that has loaded its modules already runs it, with all that this process was
# given, and this one ends as that does. Wherever that cannot be, the program runs here as it would have.
#
# No module is loaded: that is what takes the time which is to be saved. What stands between @ is filled in.
package plc::prefork;

my ($program, $server, $sendmsg) = ("@PROGRAM@", "@SERVER@", @SENDMSG@);

if (defined(my $status = served())) {
	kill($status & 127, $$) if $status & 127;
	exit($status & 127 ? 128 + ($status & 127) : $status >> 8);
}
run($program);

# The program's status where it was run elsewhere.
sub served {
	# Somebody who looks on may interrupt it.
	return undef if -t STDIN || -t STDOUT;
	# Others are this process's own. The script itself is closed by exec, and so not passed on.
	my @given = given() or return undef;
	my $circumstances = circumstances() or return undef;
	opendir(my $directory, ".") or return undef;
	# A program that runs here finds these as they were.
	local ($?, $!);
	local $SIG{PIPE} = "IGNORE";
	my $served = connection() or return undef;
	my $message = pack("(N/a*)*", $circumstances, $0, $program, scalar(@ARGV), @ARGV, scalar(@given), @given, %ENV);
	$message = pack("N", length($message)) . $message;
	pass($served, fileno($directory), @given) or return undef;
	for (my $sent = 0; $sent < length($message);) {
		$sent += syswrite($served, $message, length($message) - $sent, $sent) || return undef;
	}
	# With any other answer nothing has been done.
	my $answer = "";
	sysread($served, $answer, 1);
	return undef if $answer ne "y";
	# Who waits until all have closed these does not wait for this process.
	close(STDIN);
	close(STDOUT);
	close(STDERR);
	foreach my $number (grep { $_ > 2 } @given) {
		my $handle;
		open($handle, "<&=", $number) and close($handle);
	}
	my $status = "";
	while (length($status) < 4) {
		sysread($served, $status, 4 - length($status), length($status)) or return 255 << 8;
	}
	return unpack("N", $status);
}

# A connection to the server, which is started where there is none: before it listens nobody connects to it.
sub connection {
	my $address = pack("S a*", 1, "\0$server");
	socket(my $served, 1, 1, 0) or return undef;
	return $served if connect($served, $address);
	# Every preinst is a step of its own, and with the step the server would end.
	return undef if ($ENV{DPKG_MAINTSCRIPT_NAME} || "") eq "preinst";
	{
		# It is to be open in the server.
		local $^F = 1000;
		socket(my $listening, 1, 1, 0) or return undef;
		# Somebody else may have been quicker.
		if (bind($listening, $address)) {
			listen($listening, 64) or return undef;
			start($listening) or return undef;
		}
	}
	return connect($served, $address) ? $served : undef;
}

# Starts the server, as nobody's child.
sub start {
	my ($listening) = @_;
	my $child = fork();
	return 0 if !defined($child);
	if ($child == 0) {
		my $grandchild = fork();
		if (defined($grandchild) && $grandchild == 0) {
			$SIG{PIPE} = "DEFAULT";
			open(STDIN, "<", "/dev/null");
			open(STDOUT, ">", "/dev/null");
			open(STDERR, ">", "/dev/null");
			exec("/usr/bin/perl", $server, fileno($listening));
		}
		kill("KILL", $$);
	}
	waitpid($child, 0);
	return 1;
}

# Sends open files: unix(7), cmsg(3).
sub pass {
	my ($to, @numbers) = @_;
	my $byte = "f";
	my $vector = pack("P Q", $byte, 1);
	my $control = pack("Q l l l*", 16 + 4 * @numbers, 1, 1, @numbers);
	$control .= "\0" x (-length($control) % 8);
	my $header = pack("Q L x4 P Q P Q l x4", 0, 0, $vector, 1, $control, length($control), 0);
	return syscall($sendmsg, fileno($to), $header, 0) == 1;
}
