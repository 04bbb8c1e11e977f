// A folder for a test's journals, and what goes into them.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <hecaton/foundation/error.hpp>
#include <hecaton/journal/journal.hpp>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace hecaton::test {

namespace journal = hecaton::detail::journal;

class Folder {
  public:
    explicit Folder(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
        std::string name = in / "hecaton-journal-XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }
    /// The names of its files, in alphabetical order.
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(path_)) all.push_back(entry.path().filename());
        std::sort(all.begin(), all.end());
        return all;
    }

    /// Where files are in memory, if there is such a place: for tests that open thousands.
    static std::filesystem::path quick() {
        return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
    }

  private:
    std::filesystem::path path_;
};

inline journal::Options journal_options(const std::filesystem::path& file, const std::string& build = "aa11") {
    journal::Options options;
    options.path = file;
    options.build = build;
    options.program = "/bin/true";
    return options;
}

inline std::span<const std::byte> as_bytes(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline journal::Call journal_call(const std::string& name, const std::string& content = "content") {
    journal::Call call;
    call.name = name;
    call.kind = "map";
    call.content = journal::digest(as_bytes(content));
    call.place = "here";
    return call;
}

/// The result of an item, told by the index alone, so that a wrong one is seen.
inline std::string result_of(std::uint64_t index) { return "result " + std::to_string(index * 7919); }
inline journal::Digest item_digest(std::uint64_t index) { return journal::digest(std::as_bytes(std::span(&index, 1))); }

inline void add_result(journal::Batch& batch, journal::CallNumber call, std::uint64_t index, const std::string& value) {
    journal::Entry entry;
    entry.index = index;
    entry.item = item_digest(index);
    entry.value = as_bytes(value);
    entry.rank = 3;
    entry.host = "node3";
    entry.started = 1.5e9;
    entry.duration = 0.25;
    batch.add(call, entry);
}

inline void add_results(journal::Journal& to, journal::CallNumber call, std::uint64_t first, std::uint64_t count) {
    journal::Batch batch;
    for (std::uint64_t i = first; i < first + count; ++i) add_result(batch, call, i, result_of(i));
    to.add(std::move(batch));
}

/// Index and value of all results that the journal has of the call.
inline std::map<std::uint64_t, std::string> results(journal::Journal& of, journal::CallNumber call) {
    std::map<std::uint64_t, std::string> all;
    of.find(call, 0, UINT64_MAX, [&](const journal::Entry& entry) { all[entry.index] = as_text(entry.value); });
    return all;
}

/// What opening it says; empty where it opens.
inline std::string refusal(const journal::Options& options) {
    try {
        journal::Journal::open(options);
        return {};
    } catch (const JournalError& error) {
        return error.what();
    }
}

inline std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

}  // namespace hecaton::test
