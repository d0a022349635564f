package provider;

import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/** Provider is an authorization server as Spring Boot makes it, with two users. */
@SpringBootApplication
public class Provider {
    public static void main(String[] arguments) {
        SpringApplication.run(Provider.class, arguments);
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(user("alice", "ADMIN"), user("bob", "USER"));
    }

    private static UserDetails user(String name, String role) {
        return User.withUsername(name).password("{noop}" + name).roles(role).build();
    }

    /** Writes the audience and the roles into access tokens, as docs/providers.md says. */
    @Bean
    @Profile("customized")
    OAuth2TokenCustomizer<JwtEncodingContext> accessTokens() {
        return context -> {
            if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
                return;
            }
            List<String> roles = context.getPrincipal().getAuthorities().stream()
                .map(GrantedAuthority::getAuthority)
                .filter(authority -> authority.startsWith("ROLE_"))
                .map(authority -> authority.substring("ROLE_".length()).toLowerCase())
                .toList();
            context.getClaims().audience(List.of("https://api.example.com")).claim("roles", roles);
        };
    }
}
