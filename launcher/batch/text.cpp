#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch::text {

namespace {

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n'; }

bool is_control(char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == '\x7f'; }

/// For messages: without control characters.
std::string shown(std::string_view value) {
    std::string all(value.substr(0, 200));
    for (char& letter : all)
        if (is_control(letter)) letter = '?';
    return all;
}

}  // namespace

Words lines(std::string_view all) {
    Words found;
    for (std::string& line : split(all, '\n')) {
        while (!line.empty() && line.back() == '\r') line.pop_back();
        found.push_back(std::move(line));
    }
    if (!found.empty() && found.back().empty()) found.pop_back();
    return found;
}

Words split(std::string_view line, char at, std::size_t most) {
    Words found;
    while (true) {
        const auto end = most != 0 && found.size() + 1 == most ? std::string_view::npos : line.find(at);
        found.emplace_back(line.substr(0, end));
        if (end == std::string_view::npos) return found;
        line.remove_prefix(end + 1);
    }
}

std::string trim(std::string_view words) {
    while (!words.empty() && is_blank(words.front())) words.remove_prefix(1);
    while (!words.empty() && is_blank(words.back())) words.remove_suffix(1);
    return std::string(words);
}

bool plain(std::string_view word, std::string_view others) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [&](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || others.find(letter) != std::string_view::npos;
    });
}

bool has(std::string_view all, std::string_view part) {
    const auto same = [](char one, char other) {
        return std::tolower(static_cast<unsigned char>(one)) == std::tolower(static_cast<unsigned char>(other));
    };
    return std::search(all.begin(), all.end(), part.begin(), part.end(), same) != all.end();
}

std::optional<long> number(std::string_view digits) {
    long value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() || digits.front() == '-')
        return std::nullopt;
    return value;
}

std::optional<long> seconds(std::string_view clock) {
    long days = 0;
    if (const auto dash = clock.find('-'); dash != std::string_view::npos) {
        const auto found = number(clock.substr(0, dash));
        if (!found || *found > 100'000) return std::nullopt;
        days = *found;
        clock.remove_prefix(dash + 1);
    }
    const Words parts = split(clock, ':');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    long all = 0;
    for (const std::string& part : parts) {
        const auto found = number(part);
        if (!found || *found > 10'000'000) return std::nullopt;
        all = all * 60 + *found;
    }
    return days * 86'400 + all;
}

std::uint64_t bytes(std::string_view size) {
    double number = -1;
    const auto [end, problem] = std::from_chars(size.data(), size.data() + size.size(), number);
    if (problem != std::errc() || !(number >= 0) || number > 1e15) return 0;
    const std::string unit = trim(std::string_view(end, static_cast<std::size_t>(size.data() + size.size() - end)));
    const auto power = unit.empty() ? 0 : std::string_view("bkmgtp").find(static_cast<char>(unit.front() | 0x20));
    if (power == std::string_view::npos) return 0;
    return static_cast<std::uint64_t>(std::min(number * std::pow(1024.0, static_cast<double>(power)), 1e18));
}

std::string clock(std::chrono::seconds time) {
    const auto two = [](long part) { return (part < 10 ? "0" : "") + std::to_string(part); };
    const long all = time.count();
    return two(all / 3600) + ":" + two(all / 60 % 60) + ":" + two(all % 60);
}

std::string checked(const std::string& what, const std::string& value, std::string_view others) {
    if (!plain(value, others) || value.front() == '-')
        throw Refusal(what + " \"" + shown(value) + "\" cannot stand in a batch script: letters, digits" +
                      (others.empty() ? std::string(" only") : " and " + std::string(others) + " only") +
                      ", and no - in front");
    return value;
}

std::string path(const std::string& path, const std::string& title, std::string_view not_in) {
    for (const char letter : path)
        if (is_control(letter) || std::string_view("\"'\\$`").find(letter) != std::string_view::npos ||
            not_in.find(letter) != std::string_view::npos)
            throw Refusal("the folder " + shown(path) + " has a character in its name that a " + title +
                          " script cannot carry (" +
                          (is_control(letter) ? "a control character" : std::string(1, letter)) +
                          "): submit from another folder");
    return path;
}

std::string directive(const std::string& words) {
    if (words.empty() || std::any_of(words.begin(), words.end(), is_control))
        throw Refusal("the directive \"" + shown(words) + "\" is empty, or not one line");
    return words;
}

void has_no(const std::string& title, const std::string& what, const std::string& instead) {
    throw Refusal(title + " has no " + what + ": " + instead);
}

std::string after(const Request& request, const std::string& between) {
    std::string all;
    for (const std::string& id : request.after)
        all += (all.empty() ? "" : between) + checked("the job to wait for", id, "._-[]@");
    return all;
}

std::string ranges(const Array& array, int shift) {
    std::string all;
    for (const auto& [first, last] : array.ranges) {
        if (first < 0 || last < first) throw Refusal("an array's tasks have numbers from 0 on, in rising order");
        all += (all.empty() ? "" : ",") + std::to_string(first + shift);
        if (last > first) all += "-" + std::to_string(last + shift);
    }
    return all;
}

int tasks(const Array& array) {
    int all = 0;
    for (const auto& [first, last] : array.ranges) all += last - first + 1;
    return all;
}

std::string job_name(const Request& request, std::size_t longest) {
    const std::string name = checked("the job's name", request.name, "-_.");
    if (request.token.empty()) return name.substr(0, longest);
    const std::string token = "." + checked("the token", request.token, "-_");
    return name.substr(0, longest > token.size() + 1 ? longest - token.size() : 1) + token;
}

void take_name(View& view, const std::string& job_name) {
    const auto point = job_name.rfind('.');
    view.name = job_name;
    if (point == std::string::npos || point == 0) return;
    const std::string token = job_name.substr(point + 1);
    if (!view.token.empty() && token != view.token) return;
    if (view.token.empty() && token.size() < 6) return;  // "run.v2" has none
    view.token = token;
    view.name = job_name.substr(0, point);
}

std::string meaning(const Meanings& meanings, std::string_view words) {
    for (const auto& [part, meant] : meanings)
        if (has(words, part)) return std::string(meant);
    return "";
}

namespace {

/// Words of commands whose batch system has not answered, or not to the end. The job may be there then.
bool broken_connection(std::string_view words) {
    static constexpr std::string_view parts[] = {"timed out",
                                                 "time out",
                                                 "timeout",
                                                 "unable to contact",
                                                 "cannot contact",
                                                 "can't contact",
                                                 "connection",
                                                 "connect",
                                                 "communication",
                                                 "zero bytes",
                                                 "unexpected message",  // scontrol requeue, in Slurm 22.05
                                                 "temporarily",
                                                 "retry",
                                                 "broken pipe",
                                                 "end of file",
                                                 "not responding",
                                                 "no response",
                                                 "lsf is down",
                                                 "transport endpoint",
                                                 "network",
                                                 "try again",
                                                 "eof",
                                                 "interrupted",
                                                 "commlib error",
                                                 "premature end",
                                                 "killed",
                                                 "end of message"};
    return std::any_of(std::begin(parts), std::end(parts), [&](std::string_view part) { return has(words, part); });
}

/// What follows a refusal of all batch systems that are not there.
constexpr std::string_view here_instead =
    "nothing was submitted; submit from a login node of the cluster, or with --scheduler local as a job of this "
    "machine";

/// Statuses of `timeout` and of shells whose command was killed. PBS uses those above it for its own errors.
bool killed(int status) { return status < 0 || status == 124 || (status > 128 && status <= 128 + 22); }

}  // namespace

std::string on_one_line(std::string_view words) {
    std::string all;
    for (const char letter : words)
        if (!is_blank(letter))
            all += letter;
        else if (!all.empty() && all.back() != ' ')
            all += ' ';
    return trim(all);
}

bool never_reached(std::string_view words) {
    static constexpr std::string_view parts[] = {
        "could not establish a configuration source",  // Slurm
        "unable to process configuration file",
        "unable to contact slurm controller (connect failure)",
        "unable to send message to qmaster",  // Grid Engine; after it was sent, another message comes
        "unable to read qmaster name",
        "cell directory",
        "please set the environment variable sge_root",
        "cannot connect to server",  // PBS and Torque
        "cannot resolve default server host",
        "no default server name",
        "unable to open file lsf.conf",  // LSF
        "unable to connect to flux",
    };
    return std::any_of(std::begin(parts), std::end(parts), [&](std::string_view part) { return has(words, part); });
}

bool unclear(const Answer& answer) {
    if (!answer.came || killed(answer.status)) return true;
    if (answer.status == 0) return false;
    const std::string words = trim(answer.output + "\n" + answer.error);
    return words.empty() || broken_connection(words);
}

bool answered(const Answer& answer) { return answer.came && answer.status == 0 && !broken_connection(answer.error); }

std::optional<int> limit(const Answer& answer, std::string_view name) {
    for (const std::string& line : answered(answer) ? lines(answer.output) : Words{}) {
        const std::string words = trim(line);
        const auto end = words.find_first_of(" \t=");
        if (end == std::string::npos || words.substr(0, end) != name) continue;
        const auto value = words.find_first_not_of(" \t=", end);
        const auto found = value == std::string::npos ? std::nullopt : number(words.substr(value));
        if (!found || *found == 0 || *found > 1'000'000'000) return std::nullopt;
        return static_cast<int>(*found);
    }
    return std::nullopt;
}

std::optional<std::string> id(const Answer& answer, const std::string& command,
                              const std::function<Words(const Words& lines)>& ids, const Meanings& refusals) {
    Words found = ids(lines(answer.output));
    if (answer.came && answer.status != 0 && !killed(answer.status) && found.empty() && never_reached(answer.error))
        throw Refusal(1, command + " does not reach its batch system: " + on_one_line(answer.error) + ": " +
                             std::string(here_instead));
    if (unclear(answer)) return std::nullopt;
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    if (answer.status != 0 && found.empty()) {
        const std::string words = trim(answer.error.empty() ? answer.output : answer.error);
        const std::string meant = meaning(refusals, words);
        throw Refusal(1, command + " does not take the job: " + words + (meant.empty() ? "" : "\n" + meant));
    }
    if (answer.status != 0 || found.size() != 1) return std::nullopt;
    return found.front();
}

std::optional<View> together(const std::vector<View>& tasks) {
    if (tasks.empty()) return std::nullopt;
    const View* shown = &tasks.front();
    const auto weight = [](const View& view) {
        if (view.state == State::running) return 3;
        return !ended(view.state) ? 2 : view.state != State::done ? 1 : 0;
    };
    for (const View& view : tasks)
        if (weight(view) > weight(*shown)) shown = &view;
    View view = *shown;
    if (tasks.size() > 1) view.task.clear();
    return view;
}

}  // namespace hecaton::launcher::batch::text
