// Whether kernel and loader of this machine run a program's file, found out before the start. Where the file looks as
// if they did not, they are asked: only they know of emulators (binfmt_misc), and of all places where libraries may be.
// Nothing of the program is executed.
#pragma once

#include <hecaton/launch/environment.hpp>
#include <string>
#include <vector>

#include <launcher/program/elf.hpp>

namespace hecaton::launcher {

/// Why a file cannot be run here, and what helps. Both are empty where it can, or where we cannot know.
struct Unfit {
    std::string what = {};
    std::string mend = {};
};

/// How far to look: quick asks only where something looks wrong; thorough always asks the loader, which takes some
/// milliseconds, and so finds libraries that are too old for the program.
enum class Look { quick, thorough };

/// `program` is a file that may be executed, `libraries` are its own, `environment` is the rank's, `folder` where it is
/// to run; "" is here.
Unfit unfit(const std::string& program, const std::vector<Library>& libraries,
            const detail::launch::Variables& environment, const std::string& folder = {}, Look look = Look::quick);

/// One line of both, "what: mend"; empty where there is nothing to say.
std::string one_line(const Unfit& unfit);

}  // namespace hecaton::launcher
