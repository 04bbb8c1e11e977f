// The file of a job's program: what tells it from a later one of that name, and a copy of it in the job's folder.
#pragma once

#include <string>

namespace hecaton::launcher::batch {

/// What tells the program's file from a later one of that name; empty where it cannot be looked at.
std::string build_of(const std::string& program);

/// A line about a program whose file is not the one that was submitted: `build` as build_of() said it then. Empty where
/// it is the same, or nothing is known.
std::string changed_since(const std::string& build, double submitted, const std::string& program);

/// Copies the program's file, with its permissions and its time, into a folder of the job's. Returns the copy's path,
/// whose name is the program's. Throws Refusal where there is no room, or where it could not be run.
std::string copy_program(const std::string& program, const std::string& folder);

/// The copy in that folder of a job; empty: there is none.
std::string copy_in(const std::string& folder);

}  // namespace hecaton::launcher::batch
