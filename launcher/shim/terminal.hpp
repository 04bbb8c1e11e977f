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

/// A pseudo terminal that changes no byte; empty where there is none to be had.
Pair make_terminal();

/// Reads what is still on its way through a pseudo terminal, once nobody but us can write to it. `ours` does not block.
std::string rest_of(Descriptor& ours, Descriptor& theirs);

}  // namespace hecaton::launcher
