#!/usr/bin/perl
# Runs Perl programs for those that stand in for them while steps run: each in a process that is forked from this one, which has
# loaded what they need. See client.pl. What stands between @ is filled in.
package plc::prefork;
use strict;
use POSIX ();

my $recvmsg = @RECVMSG@;

# Nobody is to wait for this process: what it was given is let go of.
my $listening = shift(@ARGV);
POSIX::close($_) foreach grep { $_ > 2 && $_ != $listening } given();
chdir("/");
my $circumstances = circumstances();
my $looked_at = looked_at(%ENV);

# What is not there was not needed.
foreach my $module (qw(@MODULES@)) {
	eval "require $module";
}

open(my $listener, "+<&=", $listening) or exit(1);
while (1) {
	accept(my $client, $listener) or exit(1);
	# Those that have ended meanwhile have told their clients.
	1 while waitpid(-1, POSIX::WNOHANG()) > 0;
	my $child = fork();
	if (defined($child) && $child == 0) {
		close($listener);
		serve($client);
		POSIX::_exit(0);
	}
}

# Reads a request, and has a child run what it asks for. It is refused as long as nothing is answered.
sub serve {
	my ($client) = @_;
	my @numbers = receive($client) or return;
	my $length = unpack("N", all($client, 4));
	my ($of, $name, $program, @more) = unpack("(N/a*)*", all($client, $length));
	my @arguments = counted(\@more);
	my @given = counted(\@more);
	return if $of ne $circumstances || looked_at(@more) ne $looked_at || @numbers != 1 + @given;
	my ($directory, @files) = moved(\@numbers, \@given) or return;
	chdir("/proc/self/fd/$directory") or return;
	POSIX::close($directory);
	# It interrupts waiting for the client.
	local $SIG{CHLD} = sub { };
	my $child = fork();
	return if !defined($child);
	if ($child == 0) {
		$SIG{CHLD} = "DEFAULT";
		close($client);
		POSIX::close($_) foreach 0, 1, 2;
		foreach my $number (@given) {
			my $file = shift(@files);
			POSIX::dup2($file, $number);
			POSIX::close($file);
		}
		%ENV = @more;
		@ARGV = @arguments;
		$0 = $name;
		$^T = time();
		run($program);
	}
	POSIX::close($_) foreach @files;
	# A client that is gone already is told nothing, and its program ends.
	$SIG{PIPE} = "IGNORE";
	syswrite($client, "y");
	syswrite($client, pack("N", ended($child, $client)));
}

# The first so many of a list, which begins with how many.
sub counted {
	my ($of) = @_;
	return splice(@$of, 0, shift(@$of));
}

# Open files at other numbers, out of the way of those that are wanted; none where there are not so many numbers.
sub moved {
	my ($numbers, $wanted) = @_;
	my ($last) = sort { $b <=> $a } @$numbers, @$wanted;
	my @moved;
	foreach my $number (@$numbers) {
		$last += 1;
		POSIX::dup2($number, $last) or return;
		POSIX::close($number);
		push(@moved, $last);
	}
	return @moved;
}

# How a child has ended. It does not outlive its client.
sub ended {
	my ($child, $client) = @_;
	my $waits = 1;
	while (waitpid($child, POSIX::WNOHANG()) == 0) {
		my $ready = "";
		vec($ready, fileno($client), 1) = $waits;
		# The signal may have come just before.
		if (select($ready, undef, undef, 0.02) > 0) {
			# The client says nothing more.
			kill("TERM", $child);
			$waits = 0;
		}
	}
	return $?;
}

# What modules look at when they are loaded, and perl itself and its libraries when it starts.
sub looked_at {
	my %of = @_;
	my @names = grep { /^(?:LC_|LANG|LOCPATH$|PERL|DEBCONF_SYSTEMRC$|LD_|MALLOC_|GLIBC_)/ && $_ ne "PERL_DL_NONLAZY" } sort(keys(%of));
	return join("\n", map { "$_=$of{$_}" } @names);
}

# So many bytes, or an end of this process: there is nobody left to run anything for.
sub all {
	my ($from, $length) = @_;
	my $got = "";
	while (length($got) < $length) {
		sysread($from, $got, $length - length($got), length($got)) or POSIX::_exit(255);
	}
	return $got;
}

# The numbers that open files have here: unix(7), cmsg(3).
sub receive {
	my ($from) = @_;
	my $byte = "\0";
	my $vector = pack("P Q", $byte, 1);
	my $control = "\0" x 1040;
	my $header = pack("Q L x4 P Q P Q l x4", 0, 0, $vector, 1, $control, length($control), 0);
	syscall($recvmsg, fileno($from), $header, 0) == 1 or return;
	my ($length) = unpack("Q", $control);
	return $length > 16 ? unpack("x16 l" . (($length - 16) / 4), $control) : ();
}
