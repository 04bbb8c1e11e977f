#include <fmt/format.h>

#include <array>
#include <ctime>
#include <hecaton/journal/calls.hpp>
#include <hecaton/journal/progress_file.hpp>
#include <hecaton/journal/refusal.hpp>

namespace hecaton::detail::journal {

namespace {

void bind_key(Statement& statement, const Call& call) {
    statement.bind(1, call.name).bind(2, static_cast<std::int64_t>(call.number)).bind(3, call.kind);
    statement.bind(4, call.version);
}

constexpr const char* same_key = "name = ?1 AND number = ?2 AND kind = ?3 AND version = ?4";

std::string described(const Call& call) {
    if (call.name.empty()) return fmt::format("call {} ({})", call.number, call.kind);
    return call.number == 0 ? fmt::format("\"{}\"", call.name) : fmt::format("\"{}\" ({})", call.name, call.number);
}

}  // namespace

std::string Program::describe() const {
    std::string text = "build " + (build.empty() ? "?" : build);
    if (date > 0) {
        const auto seconds = static_cast<std::time_t>(date);
        std::tm local{};
        std::array<char, 32> buffer{};
        ::localtime_r(&seconds, &local);
        text.append(" of ").append(buffer.data(), std::strftime(buffer.data(), buffer.size(), "%F %R", &local));
    }
    return text.append(" (").append(path.empty() ? "?" : path).append(")");
}

Calls::Calls(Database& database)
    : database_(database),
      insert_program_(database, "INSERT OR IGNORE INTO programs(build, path, date) VALUES(?1, ?2, ?3)"),
      find_program_(database, "SELECT id FROM programs WHERE build = ?1"),
      read_program_(database, "SELECT build, path, date FROM programs WHERE id = ?1"),
      find_same_build_(
          database,
          fmt::format("SELECT id FROM calls WHERE {} AND content = ?5 AND program = ?6 AND place = ?7", same_key)),
      find_other_build_(database, fmt::format("SELECT id FROM calls WHERE {} AND content = ?5 AND program != ?6 "
                                              "ORDER BY EXISTS(SELECT 1 FROM entries WHERE call = calls.id) DESC, "
                                              "place = ?7 DESC, begun DESC LIMIT 1",
                                              same_key)),
      // Where this build has made the call with other content, somebody has decided already.
      find_in_the_way_(database,
                       fmt::format("SELECT program FROM calls WHERE {0} AND program != ?6 AND "
                                   "EXISTS(SELECT 1 FROM entries WHERE call = calls.id) AND "
                                   "(content = ?5 OR NOT EXISTS(SELECT 1 FROM calls WHERE {0} AND program = ?6)) "
                                   "ORDER BY content = ?5 DESC, begun DESC LIMIT 1",
                                   same_key)),
      insert_(database,
              "INSERT INTO calls(name, number, kind, version, content, place, program, items, begun) "
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)"),
      renew_(database, "UPDATE calls SET place = ?2, program = ?3, begun = ?4 WHERE id = ?1"),
      set_items_(database, "UPDATE calls SET items = ?2 WHERE id = ?1") {}

std::int64_t Calls::program(const Program& program) {
    insert_program_.bind(1, program.build).bind(2, program.path).bind(3, program.date).run();
    const Running running(find_program_);
    find_program_.bind(1, program.build).step();
    return find_program_.integer(0);
}

Program Calls::program(std::int64_t row) {
    const Running running(read_program_);
    if (!read_program_.bind(1, row).step()) return {};
    return {std::string(read_program_.text(0)), std::string(read_program_.text(1)), read_program_.real(2)};
}

CallNumber Calls::find(const Call& call, std::int64_t program, bool accept, const std::string& file) {
    const auto found = [&](Statement& statement) {
        bind_key(statement, call);
        statement.bind(5, bytes_of(call.content)).bind(6, program);
        const Running running(statement);
        return statement.step() ? statement.integer(0) : 0;
    };
    find_same_build_.bind(7, call.place);
    if (const CallNumber same = found(find_same_build_); same != 0) return same;
    if (accept || !call.version.empty()) {
        find_other_build_.bind(7, call.place);
        return found(find_other_build_);
    }
    const std::int64_t other = found(find_in_the_way_);
    if (other == 0) return 0;
    refuse(file, fmt::format("the results of {} are of another build of the program: {}; this is {}. To use them, "
                             "add --journal-accept-program; to start afresh, name another file; or give the call a "
                             "MapOptions::version, which counts in place of the build from now on",
                             described(call), this->program(other).describe(), this->program(program).describe()));
}

CallNumber Calls::insert(const Call& call, std::int64_t program) {
    bind_key(insert_, call);
    insert_.bind(5, bytes_of(call.content)).bind(6, call.place).bind(7, program).bind(8, now()).run();
    return database_.last_row();
}

void Calls::renew(CallNumber number, const Call& call, std::int64_t program) {
    renew_.bind(1, number).bind(2, call.place).bind(3, program).bind(4, now()).run();
}

void Calls::set_items(CallNumber number, std::uint64_t items) {
    set_items_.bind(1, number).bind(2, static_cast<std::int64_t>(items)).run();
}

}  // namespace hecaton::detail::journal
