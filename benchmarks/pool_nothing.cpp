// A hecaton program that does nothing: start.py starts it with `hecaton run`, and lets it launch itself.
#include <hecaton/hecaton.hpp>

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool&) {});
}
