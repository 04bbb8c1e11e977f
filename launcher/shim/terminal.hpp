// The pseudo terminal that a rank's standard output is.
#pragma once

#include <string>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

/// Our end of a rank's stream, and the rank's.
struct Pair {
    Descriptor ours = Descriptor();
    Descriptor theirs = Descriptor();
};

/// A pseudo terminal of that size that changes no byte; empty where the system gives none.
Pair make_terminal(int rows, int columns);

/// Reads the bytes that are still on their way through a pseudo terminal, once nobody but us can write to it. `ours` is
/// not to block.
std::string rest_of(Descriptor& ours, Descriptor& theirs);

}  // namespace hecaton::launcher
