// The recording as this process takes part in it: its clock, what it has noted, and where its lines go.
#pragma once

#include <cstdint>
#include <hecaton/recording/events.hpp>
#include <hecaton/recording/lines.hpp>
#include <hecaton/recording/recorder.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::detail::recording {

struct Part {
    int rank = 0;            ///< in the world
    std::int64_t shift = 0;  ///< what to add to steady_ns() to get the recording's time
    std::unique_ptr<Recorder> recorder;
};

/// Opens the file for rank 0's recorder. Null, and a line that says why, where it cannot be written.
std::unique_ptr<Recorder> open_recorder(const std::string& file);

/// From now on on() is true. Once in a process.
void begin(Part part);
/// Whether begin() was called.
bool has_begun() noexcept;

/// Once it has begun:

int rank() noexcept;
/// The recording's time for one of steady_ns().
std::int64_t time_of(std::int64_t steady) noexcept;
std::int64_t time_now() noexcept;

/// Lines for the recording.
void add(std::string_view lines) noexcept;
void flush_soon() noexcept;

/// Notes a stretch that has ended now. Any thread.
void note(Stretch::Kind kind, std::string_view name, std::int64_t start, std::uint64_t bytes) noexcept;

struct Noted {
    std::vector<Stretch> stretches;
    std::uint64_t dropped = 0;
};
/// Takes out what was noted.
Noted take_noted() noexcept;
/// As lines.
void append_noted(std::string& to, int rank, const Noted& noted);

/// What this process has used so far.
Usage usage() noexcept;
/// What another rank has used, for the end of the recording; the last word counts.
void note_usage(int rank, const Usage& usage) noexcept;

/// The ranks say it themselves in what was collected.
void forget_usages() noexcept;

/// All that is left of a rank that has no file, to be sent to the one that has.
std::string take_lines() noexcept;
/// The last lines; nothing is recorded any more. Returns whether the file has all of it.
bool finish(int status) noexcept;

}  // namespace hecaton::detail::recording
